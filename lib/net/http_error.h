#pragma once
// How a failed request is answered.

#include <string>

#include "base/error.h"

namespace rbee::net {

/// What the client is told: the HTTP status and the parts of the JSON body.
struct ErrorReply {
  int status = 500;
  std::string code;     ///< a stable word, e.g. "not_found"
  std::string message;  ///< for people
  std::string param;    ///< the request field; empty when there is none
};

/// An Error with a status or code of its own; handlers throw it where the table in base/error.h has no row.
class HttpError : public Error {
 public:
  explicit HttpError(ErrorReply reply)
      : Error(ErrorKind::kBadRequest, reply.message, reply.param), reply_(std::move(reply)) {}
  const ErrorReply& reply() const { return reply_; }

 private:
  ErrorReply reply_;
};

}  // namespace rbee::net
