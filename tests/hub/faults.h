#pragma once
// What goes wrong on purpose, and when.

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace rbee::hub {

/// One fault: `{"do","on","path","times","skip",…}`. The README lists what `do` may be and the fields that each reads.
struct Fault {
  std::string action;
  std::string on = "any";   ///< info, tree, resolve, cdn, file (who sends the bytes), any
  std::string path;         ///< the end of the file's path; empty: any
  std::uint64_t times = 0;  ///< 0: always
  std::uint64_t skip = 0;   ///< matching requests that go well before
  std::uint64_t seen = 0;
  std::string unless_token;  ///< requests with this token go well
  boost::json::object fields;

  std::uint64_t number(std::string_view name, std::uint64_t other) const;
  std::string text(std::string_view name, std::string_view other) const;
};

/// What a request is about, for choosing faults.
struct FaultQuestion {
  std::string on;
  std::string path;
  std::string token;
  bool sends_bytes = false;  ///< of a file
};

/// The faults of a stand-in: given as JSON, `{"faults":[…]}` or `[…]`, by request or in a file that is read again when
/// it changes. Any thread.
class Faults {
 public:
  explicit Faults(std::filesystem::path file) : file_(std::move(file)) {}

  /// Throws Error{kBadRequest, kBadFile}.
  void set(std::string_view json);
  /// The faults that hold for this request; they count it.
  std::vector<Fault> take(const FaultQuestion& question);

 private:
  void read_file_again();

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::string file_text_;      // guarded by mutex_
  std::vector<Fault> faults_;  // guarded by mutex_
};

}  // namespace rbee::hub
