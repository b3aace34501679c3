#pragma once
// For tests of backends: what a refusal says.

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"

namespace rbee::engine {

/// The message of the Error of this kind that the call throws; the test fails when it throws another or none.
template <typename Call>
std::string message_of(ErrorKind kind, const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

}  // namespace rbee::engine
