#include "engine/tokenizer/split_pattern.h"

#include <algorithm>

namespace rbee::engine {
namespace {

void find_literal(const std::string& wanted, std::string_view text, std::vector<ByteSpan>& matches) {
  if (wanted.empty()) return;
  for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + wanted.size())) {
    matches.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + wanted.size())});
  }
}

void find_known(const SplitScanner& scanner, std::string_view text, std::vector<ByteSpan>& matches) {
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = match_end(scanner, text, begin);
    matches.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
    begin = end;
  }
}

struct Segment {
  ByteSpan span;
  bool is_match;
};

// Matches and what lies between them, in order.
std::vector<Segment> segments_of(std::size_t text_size, const std::vector<ByteSpan>& matches, bool invert) {
  std::vector<Segment> segments;
  segments.reserve(matches.size() * 2 + 1);
  std::uint32_t end = 0;
  for (const ByteSpan& match : matches) {
    if (end != match.begin) segments.push_back({{end, match.begin}, invert});
    segments.push_back({match, !invert});
    end = match.end;
  }
  if (end != text_size) segments.push_back({{end, static_cast<std::uint32_t>(text_size)}, invert});
  return segments;
}

void append_piece(std::vector<ByteSpan>& pieces, ByteSpan piece) {
  if (piece.begin != piece.end) pieces.push_back(piece);
}

void merge_contiguous(const std::vector<Segment>& segments, std::vector<ByteSpan>& merged) {
  bool previous = false, first = true;
  for (const Segment& segment : segments) {
    if (!first && segment.is_match == previous) {
      merged.back().end = segment.span.end;
    } else {
      merged.push_back(segment.span);
    }
    previous = segment.is_match;
    first = false;
  }
}

void merge_with_previous(const std::vector<Segment>& segments, std::vector<ByteSpan>& merged) {
  bool previous = false;
  for (const Segment& segment : segments) {
    if (segment.is_match && !previous && !merged.empty()) {
      merged.back().end = segment.span.end;
    } else {
      merged.push_back(segment.span);
    }
    previous = segment.is_match;
  }
}

void merge_with_next(const std::vector<Segment>& segments, std::vector<ByteSpan>& merged) {
  bool next = false;
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (segment->is_match && !next && !merged.empty()) {
      merged.back().begin = segment->span.begin;
    } else {
      merged.push_back(segment->span);
    }
    next = segment->is_match;
  }
  std::reverse(merged.begin(), merged.end());
}

}  // namespace

SplitPattern SplitPattern::literal(std::string text) {
  return SplitPattern(std::variant<std::string, SplitScanner, Regex>(std::move(text)));
}

SplitPattern SplitPattern::regex(std::string_view pattern, std::string_view where) {
  if (const auto known = known_scanner(pattern))
    return SplitPattern(std::variant<std::string, SplitScanner, Regex>(*known));
  return SplitPattern(std::variant<std::string, SplitScanner, Regex>(Regex(pattern, where)));
}

void SplitPattern::find_all(std::string_view text, std::vector<ByteSpan>& matches) const {
  if (const auto* wanted = std::get_if<std::string>(&matcher_)) {
    find_literal(*wanted, text, matches);
  } else if (const auto* scanner = std::get_if<SplitScanner>(&matcher_)) {
    find_known(*scanner, text, matches);
  } else {
    std::get<Regex>(matcher_).find_all(text, matches);
  }
}

void split_at_matches(std::size_t text_size, const std::vector<ByteSpan>& matches, SplitBehavior behavior,
                      Invert invert, std::vector<ByteSpan>& pieces) {
  const bool tiled = matches.size() == 1 && matches[0].begin == 0 && matches[0].end == text_size;
  if (tiled && behavior == SplitBehavior::kIsolated) return append_piece(pieces, matches[0]);
  const std::vector<Segment> segments = segments_of(text_size, matches, invert == Invert::kYes);
  std::vector<ByteSpan> merged;
  switch (behavior) {
    case SplitBehavior::kIsolated:
      for (const Segment& segment : segments) append_piece(pieces, segment.span);
      return;
    case SplitBehavior::kRemoved:
      for (const Segment& segment : segments) {
        if (!segment.is_match) append_piece(pieces, segment.span);
      }
      return;
    case SplitBehavior::kContiguous:
      merge_contiguous(segments, merged);
      break;
    case SplitBehavior::kMergedWithPrevious:
      merge_with_previous(segments, merged);
      break;
    case SplitBehavior::kMergedWithNext:
      merge_with_next(segments, merged);
      break;
  }
  for (const ByteSpan& piece : merged) append_piece(pieces, piece);
}

}  // namespace rbee::engine
