#include "engine/tokenizer/gguf_special.h"

#include <algorithm>

#include "engine/tokenizer/token_table.h"

namespace rbee::engine {
namespace {

struct Place {
  std::size_t begin, size;
  std::uint32_t token;
};

bool goes_first(const Place& a, const Place& b) {
  if (a.size != b.size) return a.size > b.size;
  if (a.token != b.token) return a.token < b.token;
  return a.begin < b.begin;
}

// isspace() of the C locale, which llama.cpp strips by.
bool is_c_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

void GgufSpecialTokens::add(const AddedToken& token) {
  matcher_.add(token, token.content);
  tokens_.push_back(token);
}

void GgufSpecialTokens::split(std::string_view text, std::vector<Fragment>& fragments) const {
  std::vector<Place> places;
  for (std::size_t at = 0; at < text.size() && !matcher_.empty(); ++at) {
    matcher_.for_each_at(text, at, [&](std::uint32_t token, std::size_t size) { places.push_back({at, size, token}); });
  }
  std::sort(places.begin(), places.end(), goes_first);
  // Whatever is taken already is at least as long as what comes next, so it shows at one of its ends.
  std::vector<bool> taken(places.empty() ? 0 : text.size());
  std::vector<Place> accepted;
  for (const Place& place : places) {
    std::size_t begin = place.begin, end = begin + place.size;
    if (taken[begin] || taken[end - 1]) continue;
    const AddedToken& token = tokens_[place.token];
    while (token.lstrip && begin > 0 && !taken[begin - 1] && is_c_space(text[begin - 1])) --begin;
    while (token.rstrip && end < text.size() && !taken[end] && is_c_space(text[end])) ++end;
    std::fill(taken.begin() + static_cast<std::ptrdiff_t>(begin), taken.begin() + static_cast<std::ptrdiff_t>(end),
              true);
    accepted.push_back({begin, end - begin, place.token});
  }
  std::sort(accepted.begin(), accepted.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  std::size_t done = 0;
  for (const Place& place : accepted) {
    if (place.begin > done) fragments.push_back({kNoToken, text.substr(done, place.begin - done)});
    fragments.push_back({tokens_[place.token].id, text.substr(place.begin, place.size)});
    done = place.begin + place.size;
  }
  if (done < text.size()) fragments.push_back({kNoToken, text.substr(done)});
}

}  // namespace rbee::engine
