#include "engine/tokenizer/hf_components.h"

#include "engine/tokenizer/hf_steps.h"
#include "engine/tokenizer/unicode_class.h"

namespace rbee::engine {
namespace {

// {"String": "..."} or {"Regex": "..."}.
SplitPattern read_pattern(const JsonNode& node) {
  if (const auto text = node.find("String")) return SplitPattern::literal(std::string(text->string()));
  const JsonNode regex = node.at("Regex");
  return SplitPattern::regex(regex.string(), regex.where());
}

std::string read_character(const JsonNode& node) {
  const std::string_view text = node.string();
  if (text.empty() || codepoint_at(text.data()).bytes != text.size()) node.fail_here("one character was expected");
  return std::string(text);
}

SplitBehavior read_behavior(const JsonNode& node) {
  const std::string_view name = node.string();
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  node.fail_here(fmt::format("unknown behavior '{}'", name));
}

NormalizerStep read_normalizer_step(const JsonNode& node, std::string_view type) {
  if (type == "Prepend") return PrependStep{std::string(node.at("prepend").string())};
  if (type == "Replace") return ReplaceStep{read_pattern(node.at("pattern")), std::string(node.at("content").string())};
  if (type == "NFC") return NormalFormStep{NormalForm::kNfc};
  if (type == "NFD") return NormalFormStep{NormalForm::kNfd};
  if (type == "NFKC") return NormalFormStep{NormalForm::kNfkc};
  if (type == "NFKD") return NormalFormStep{NormalForm::kNfkd};
  if (type == "Strip") return StripStep{node.boolean("strip_left", true), node.boolean("strip_right", true)};
  if (type == "Lowercase") return LowercaseStep{};
  if (type == "StripAccents") return StripAccentsStep{};
  if (type == "ByteLevel") return ByteAlphabetStep{};
  fail_unsupported(node, type,
                   "Sequence, Prepend, Replace, NFC, NFD, NFKC, NFKD, Strip, Lowercase, StripAccents, ByteLevel");
}

// Older files say add_prefix_space, newer ones prepend_scheme; both together must agree.
PrependScheme read_prepend_scheme(const JsonNode& node) {
  const auto scheme = node.find("prepend_scheme");
  PrependScheme read = PrependScheme::kAlways;
  if (scheme) {
    const std::string_view name = scheme->string();
    if (name != "always" && name != "first" && name != "never") {
      scheme->fail_here(fmt::format("'{}', one of always, first, never was expected", name));
    }
    read = name == "always" ? PrependScheme::kAlways : name == "first" ? PrependScheme::kFirst : PrependScheme::kNever;
  }
  if (node.boolean("add_prefix_space", true)) return read;
  if (scheme && read != PrependScheme::kNever) node.fail_here("add_prefix_space is false, prepend_scheme is not never");
  return PrependScheme::kNever;
}

PreTokenizerStep read_pre_tokenizer_step(const JsonNode& node, std::string_view type) {
  if (type == "Split") {
    const bool invert = node.boolean("invert", false);
    return SplitStep{read_pattern(node.at("pattern")), read_behavior(node.at("behavior")),
                     invert ? Invert::kYes : Invert::kNo};
  }
  if (type == "ByteLevel") {
    return ByteLevelStep{node.boolean("add_prefix_space", true), node.boolean("use_regex", true)};
  }
  if (type == "Metaspace") {
    return MetaspaceStep{read_character(node.at("replacement")), read_prepend_scheme(node),
                         node.boolean("split", true)};
  }
  if (type == "Digits") {
    return CharacterClassStep{
        kNumber, node.boolean("individual_digits", false) ? SplitBehavior::kIsolated : SplitBehavior::kContiguous};
  }
  if (type == "Punctuation") {
    const auto behavior = node.find("behavior");
    return CharacterClassStep{kPunctuation, behavior ? read_behavior(*behavior) : SplitBehavior::kIsolated};
  }
  if (type == "Whitespace") return WhitespaceStep{};
  if (type == "WhitespaceSplit") return CharacterClassStep{kSpace, SplitBehavior::kRemoved};
  if (type == "CharDelimiterSplit") {
    return SplitStep{SplitPattern::literal(read_character(node.at("delimiter"))), SplitBehavior::kRemoved, Invert::kNo};
  }
  if (type == "FixedLength") {
    const auto length = node.find("length");
    return FixedLengthStep{length ? length->integer(1, kTextBytesMax) : 5};
  }
  fail_unsupported(node, type,
                   "Sequence, Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, "
                   "CharDelimiterSplit, FixedLength");
}

DecoderStep read_decoder_step(const JsonNode& node, std::string_view type) {
  if (type == "ByteLevel") return ByteLevelDecode{};
  if (type == "ByteFallback") return ByteFallbackDecode{};
  if (type == "Fuse") return FuseDecode{};
  if (type == "Strip") {
    return StripDecode{read_character(node.at("content")), node.at("start").integer(0, kTokenBytesMax),
                       node.at("stop").integer(0, kTokenBytesMax)};
  }
  if (type == "Replace") {
    return ReplaceDecode{{read_pattern(node.at("pattern")), std::string(node.at("content").string())}};
  }
  if (type == "Metaspace") {
    return MetaspaceDecode{read_character(node.at("replacement")), read_prepend_scheme(node) != PrependScheme::kNever};
  }
  fail_unsupported(node, type, "Sequence, ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace");
}

TokenId read_id(const JsonNode& node, std::size_t id_end) {
  return TokenId(static_cast<std::int32_t>(node.integer(0, id_end - 1)));
}

// {"single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"<s>": {"ids": [1]}}}
SpecialTemplate read_template(const JsonNode& node, std::size_t id_end) {
  SpecialTemplate read;
  bool seen_text = false;
  for (const JsonNode& piece : node.at("single").elements()) {
    if (const auto sequence = piece.find("Sequence")) {
      const std::string_view id = sequence->at("id").string();
      if (id != "A" || seen_text) piece.fail_here("a template for one text must hold the sequence A, once");
      seen_text = true;
      continue;
    }
    const JsonNode name = piece.at("SpecialToken").at("id");
    const auto token = node.at("special_tokens").find(name.string());
    if (!token) name.fail_here(fmt::format("'{}' is not in special_tokens", name.string()));
    std::vector<TokenId>& ids = seen_text ? read.after : read.before;
    for (const JsonNode& id : token->at("ids").elements()) ids.push_back(read_id(id, id_end));
    if (ids.size() > kStepsMax) node.fail_here(fmt::format("more than {} special tokens", kStepsMax));
  }
  if (!seen_text) node.at("single").fail_here("the template has no place for the text");
  return read;
}

// {"sep": ["</s>", 2], "cls": ["<s>", 0]}
SpecialTemplate read_bert_template(const JsonNode& node, std::size_t id_end) {
  const auto id = [&](std::string_view key) {
    const std::vector<JsonNode> pair = node.at(key).elements();
    if (pair.size() != 2) node.at(key).fail_here("a token and its id were expected");
    return read_id(pair[1], id_end);
  };
  return {{id("cls")}, {id("sep")}};
}

}  // namespace

std::vector<NormalizerStep> read_normalizer(const JsonNode& node) {
  std::vector<NormalizerStep> steps;
  std::size_t n = 0;
  read_steps(node, "normalizers", n,
             [&](const JsonNode& step, std::string_view type) { steps.push_back(read_normalizer_step(step, type)); });
  return steps;
}

PreTokenizerSteps read_pre_tokenizer(const JsonNode& node) {
  PreTokenizerSteps read;
  std::size_t n = 0;
  read_steps(node, "pretokenizers", n, [&](const JsonNode& step, std::string_view type) {
    if (read.byte_level) {
      fail(ErrorKind::kUnsupported, "{}: type '{}' after ByteLevel, which must be the last", step.where(), type);
    }
    read.steps.push_back(read_pre_tokenizer_step(step, type));
    read.byte_level = type == "ByteLevel";
  });
  return read;
}

std::vector<DecoderStep> read_decoder(const JsonNode& node) {
  std::vector<DecoderStep> steps;
  std::size_t n = 0;
  read_steps(node, "decoders", n,
             [&](const JsonNode& step, std::string_view type) { steps.push_back(read_decoder_step(step, type)); });
  return steps;
}

SpecialTemplate read_post_processor(const JsonNode& node, std::size_t id_end) {
  SpecialTemplate all;
  std::size_t n = 0;
  read_steps(node, "processors", n, [&](const JsonNode& step, std::string_view type) {
    if (type == "ByteLevel") return;  // changes offsets only
    SpecialTemplate one;
    if (type == "TemplateProcessing") {
      one = read_template(step, id_end);
    } else if (type == "BertProcessing" || type == "RobertaProcessing") {
      one = read_bert_template(step, id_end);
    } else {
      fail_unsupported(step, type, "Sequence, TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing");
    }
    // A later processor wraps what the earlier ones made.
    all.before.insert(all.before.begin(), one.before.begin(), one.before.end());
    all.after.insert(all.after.end(), one.after.begin(), one.after.end());
  });
  return all;
}

}  // namespace rbee::engine
