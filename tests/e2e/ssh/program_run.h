#pragma once
// Running a program and keeping what it said.

#include <functional>
#include <string>
#include <vector>

namespace rbee::e2e {

struct ProgramResult {
  int code = -1;  ///< 128 + the signal when one ended it
  std::string out, err;
};

/// Runs it to its end. `signal_when` is asked with what has been written so far; once it says true, `signal` goes to
/// the program alone, as Ctrl-C would. A program that does not end within two minutes is killed, and the code says so.
ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment,
                          const std::function<bool(const ProgramResult&)>& signal_when = {}, int signal = 2);

/// Asks again and again until it says true, for a minute at most.
bool eventually(const std::function<bool()>& condition);

}  // namespace rbee::e2e
