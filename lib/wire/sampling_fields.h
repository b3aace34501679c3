#pragma once
// The fields that choose the next token; the same in every route that generates.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/object_reader.h"

namespace rbee::wire {

struct SamplingFields {
  double temperature = 1.0;                                 ///< 0 to 2; 0: greedy
  double top_p = 1.0;                                       ///< above 0, at most 1
  double min_p = 0.0;                                       ///< 0 to 1
  std::uint32_t top_k = 0;                                  ///< 0: all
  double repetition_penalty = 1.0;                          ///< 0.01 to 10
  double presence_penalty = 0.0;                            ///< -2 to 2
  double frequency_penalty = 0.0;                           ///< -2 to 2
  std::vector<std::pair<std::int32_t, double>> logit_bias;  ///< token id, -100 to 100; OpenAI's {"id": bias}
  std::uint64_t seed = 0;  ///< 0 to 2^63-1. Absent is 0: the same request gives the same tokens
};

/// Reads all of them. Throws Error{kBadRequest}.
SamplingFields read_sampling(ObjectReader& reader);

/// `stop`: a string or an array of strings; non-empty, at most 64 of 1 KiB. Throws Error{kBadRequest}.
std::vector<std::string> read_stop(ObjectReader& reader);

/// Writes the fields that differ from the defaults.
void write_sampling(const SamplingFields& fields, boost::json::object& out);

}  // namespace rbee::wire
