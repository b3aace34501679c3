#include "base/utf8.h"
#include "engine/tokenizer/tokenizer.h"

namespace rbee::engine {

StreamDecoder::StreamDecoder(const Tokenizer& tokenizer, SkipSpecial skip_special)
    : tokenizer_(tokenizer), skip_special_(skip_special) {}

std::string StreamDecoder::push(TokenId id) {
  if (skip_special_ == SkipSpecial::kYes && tokenizer_.is_special(id)) return {};
  pending_ += tokenizer_.token_bytes(id);
  const std::size_t held = incomplete_utf8_tail(pending_);
  std::string piece = replace_invalid_utf8(std::string_view(pending_).substr(0, pending_.size() - held));
  pending_.erase(0, pending_.size() - held);
  return piece;
}

std::string StreamDecoder::finish() {
  std::string piece = replace_invalid_utf8(pending_);
  pending_.clear();
  return piece;
}

}  // namespace rbee::engine
