#pragma once
// What the test says to a model: the same texts every time, so that runs can be compared.

#include <span>
#include <string_view>

namespace rbee::keeper {

/// Raised whenever a text changes: logits of another version are another text's.
inline constexpr int kCorpusVersion = 1;

/// Texts whose token ids must give the text back: languages, code, numbers, runs of spaces. All in Unicode's NFC.
std::span<const std::string_view> round_trip_texts();

/// Prose, dialogue, code and numbers to compare log-probabilities on, from its beginning.
std::string_view scored_text();

/// A question for chat models, and the beginning of a story for the others.
inline constexpr std::string_view kQuestion = "What is a bee?";
inline constexpr std::string_view kStory = "Once upon a time";

/// Other requests that keep a worker busy meanwhile.
std::span<const std::string_view> companion_texts();

}  // namespace rbee::keeper
