#include "pool/download/hub_client.h"

#include "base/error.h"
#include "base/printable.h"
#include "pool/download/http_fields.h"
#include "pool/download/limits.h"
#include "pool/download/retry.h"

namespace rbee::pool::download {
namespace {

bool is_redirect(const HttpHead& head) {
  const bool status =
      head.status == 301 || head.status == 302 || head.status == 303 || head.status == 307 || head.status == 308;
  return status && head.header("location").has_value();
}

bool is_success(const HttpHead& head) {
  return head.status >= 200 && head.status < 300;
}

[[noreturn]] void throw_unreachable(const Error& error, const HubAccess& access, std::string_view what) {
  fail(error.kind(), "{}: {} does not answer: {}. Is this machine online? HF_ENDPOINT chooses another hub", what,
       access.endpoint.origin(), error.what());
}

}  // namespace

Url redirect_target(const Url& from, std::string_view location) {
  const std::optional<Url> target = from.resolve(location);
  if (!target)
    fail(ErrorKind::kBadFile, "{}: sends us to '{}', which is no address", from.text(), printable(location, 100));
  if (from.secure() && !target->secure()) {
    fail(ErrorKind::kBadFile, "{}: sends us from https to {}: refused", from.origin(), target->origin());
  }
  return *target;
}

HubAnswer HubClient::get_hop(const Url& url, const HttpFields& headers, const HubReceiver& receiver,
                             std::string linked_etag) {
  HubAnswer answer{{}, std::move(linked_etag), url};
  std::uint64_t dropped = 0;
  bool takes_body = false;
  HttpReceiver hop;
  hop.on_head = [&](const HttpHead& head) {
    answer.head = head;
    if (const auto linked = head.header("x-linked-etag")) answer.etag = bare_etag(*linked);
    if (is_redirect(head)) return Flow::kContinue;
    if (answer.etag.empty()) answer.etag = bare_etag(head.header("etag").value_or(""));
    takes_body = is_success(head);
    return receiver.on_head ? receiver.on_head(answer) : Flow::kContinue;
  };
  hop.on_body = [&](std::string_view piece) {
    if (takes_body) return receiver.on_body ? receiver.on_body(piece) : Flow::kContinue;
    dropped += piece.size();
    if (dropped > kRefusalBytesMax) {
      fail(ErrorKind::kIo, "{}: answers {} with a body of more than {} bytes", url.text(), answer.head.status,
           kRefusalBytesMax);
    }
    return Flow::kContinue;
  };
  hop.on_wait = [&] { return patience_.cancellation.requested() ? Flow::kStop : Flow::kContinue; };
  answer.head = transport_.get({url.text(), headers}, hop);
  return answer;
}

HubAnswer HubClient::get(const Url& url, const HttpFields& headers, const HubReceiver& receiver) {
  if (access_.network == HubAccess::Network::kOffline) {
    fail(ErrorKind::kUnavailable, "HF_HUB_OFFLINE is set: {} is not asked", access_.endpoint.origin());
  }
  Url at = url;
  std::string linked_etag;
  bool token_dropped = false;  // and it stays dropped, wherever the way leads
  for (int hops = 0; hops <= kRedirectsMax; ++hops) {
    HttpFields fields = headers;
    token_dropped = token_dropped || !access_.may_send_token_to(at);
    if (!token_dropped) fields.emplace_back("Authorization", "Bearer " + access_.token);
    HubAnswer answer = get_hop(at, fields, receiver, linked_etag);
    if (!is_redirect(answer.head)) return answer;
    linked_etag = answer.etag;
    at = redirect_target(at, *answer.head.header("location"));
  }
  fail(ErrorKind::kBadFile, "{}: more than {} redirects, the last to {}", url.text(), kRedirectsMax, at.origin());
}

std::string HubClient::get_text(const Url& url, std::uint64_t bytes_max, std::string_view what, HubAnswer& answer) {
  for (int failures = 1;; ++failures) {
    std::string body;
    HubReceiver receiver;
    receiver.on_body = [&](std::string_view piece) {
      if (body.size() + piece.size() > bytes_max) {
        fail(ErrorKind::kBadFile, "{}: the hub's answer is longer than {} bytes", url.text(), bytes_max);
      }
      body.append(piece);
      return Flow::kContinue;
    };
    std::optional<Error> broken;
    try {
      answer = get(url, {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}}, receiver);
      if (answer.head.status == 200) return body;
      if (!is_passing_status(answer.head.status)) throw_refusal(answer, access_, what);
    } catch (const Error& error) {
      const bool offline = access_.network == HubAccess::Network::kOffline;
      if ((error.kind() != ErrorKind::kIo && error.kind() != ErrorKind::kUnavailable) || offline) throw;
      if (answer.head.status >= 400 && !is_passing_status(answer.head.status)) throw;
      broken = error;
    }
    const auto asked = broken ? std::nullopt : asked_wait(answer.head, patience_.clock.wall_now());
    const auto wait = retry_wait({failures, kMetadataAttempts, patience_.jitter(), asked});
    if (!wait && broken) throw_unreachable(*broken, access_, what);
    if (!wait) throw_refusal(answer, access_, what);
    if (patience_.tell) {
      patience_.tell(fmt::format("{}: {}: again in {:.1f} s", what,
                                 broken ? broken->what() : fmt::format("status {}", answer.head.status),
                                 std::chrono::duration<double>(*wait).count()));
    }
    if (!patience_.pause(*wait)) fail(ErrorKind::kCancelled, "stopped while waiting for {}", url.origin());
    answer.head = {};
  }
}

void throw_refusal(const HubAnswer& answer, const HubAccess& access, std::string_view what) {
  const int status = answer.head.status;
  const std::string code = answer.head.header("x-error-code").value_or("");
  const std::string said = printable(answer.head.header("x-error-message").value_or(""), 200);
  const std::string hub = access.endpoint.origin();
  const std::string quoted = said.empty() ? "" : " (the hub says: " + said + ")";
  if (code == "RevisionNotFound") fail(ErrorKind::kNotFound, "{}: {} has no such revision{}", what, hub, quoted);
  if (code == "EntryNotFound") fail(ErrorKind::kNotFound, "{}: {} has no such file{}", what, hub, quoted);
  if (code == "GatedRepo" || (status == 403 && code != "RepoNotFound")) {
    fail(ErrorKind::kUnavailable,
         "{}: gated: its owner must grant you access; ask for it on the model's page at {}, then set HF_TOKEN to a "
         "token "
         "of that account{}",
         what, hub, quoted);
  }
  if (status == 401 && access.token.empty()) {
    fail(ErrorKind::kNotFound,
         "{}: {} shows no such model to anonymous users: the name is wrong, or it is private or gated; then set "
         "HF_TOKEN{}",
         what, hub, quoted);
  }
  if (status == 401 && code != "RepoNotFound") {
    fail(ErrorKind::kUnavailable, "{}: {} refuses the token in HF_TOKEN{}", what, hub, quoted);
  }
  if (status == 404 || code == "RepoNotFound") {
    fail(ErrorKind::kNotFound, "{}: not found at {}, or this account may not see it{}", what, hub, quoted);
  }
  if (status == 429) {
    fail(ErrorKind::kUnavailable, "{}: {} says that there are too many requests: try again later{}", what, hub, quoted);
  }
  fail(ErrorKind::kIo, "{}: {} answers with status {}{}", what, answer.url.origin(), status, quoted);
}

}  // namespace rbee::pool::download
