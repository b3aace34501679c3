#include "base/error.h"

#include "base/check.h"

namespace rbee {
namespace {

struct KindRow {
  std::string_view code;
  int http_status;
  int exit_code;
};

constexpr KindRow row(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadRequest:
      return {"bad_request", 400, 2};
    case ErrorKind::kBadFile:
      return {"bad_file", 422, 1};
    case ErrorKind::kNotFound:
      return {"not_found", 404, 1};
    case ErrorKind::kUnsupported:
      return {"unsupported", 501, 1};
    case ErrorKind::kExhausted:
      return {"exhausted", 507, 1};
    case ErrorKind::kUnavailable:
      return {"unavailable", 503, 1};
    case ErrorKind::kIo:
      return {"io", 500, 1};
    case ErrorKind::kCancelled:
      return {"cancelled", 499, 1};
  }
  return {"internal", 500, 1};
}

}  // namespace

std::string_view error_code(ErrorKind kind) {
  return row(kind).code;
}
int http_status(ErrorKind kind) {
  return row(kind).http_status;
}
int exit_code(ErrorKind kind) {
  return row(kind).exit_code;
}

}  // namespace rbee
