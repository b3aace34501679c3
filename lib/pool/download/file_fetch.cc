#include "pool/download/file_fetch.h"

#include <optional>

#include "base/error.h"
#include "base/printable.h"
#include "base/units.h"
#include "pool/download/http_fields.h"
#include "pool/download/limits.h"
#include "pool/download/retry.h"

namespace rbee::pool::download {

// What one request came to.
struct FileFetch::Attempt {
  std::uint64_t offset = 0;         ///< the first byte asked for
  std::optional<HubAnswer> answer;  ///< nothing: there was none
  std::optional<Error> broken;      ///< the connection, or what came over it
  std::string restart_because;      ///< what is there does not fit what comes
  std::optional<std::chrono::seconds> asked;

  bool refused() const {
    return answer && answer->head.status != 200 && answer->head.status != 206 && restart_because.empty();
  }
};

namespace {

// A refusal by another host than the hub's: a signed address that has run out, say. The hub gives a fresh one.
bool is_elsewhere(const HubAnswer& answer, const HubAccess& access) {
  return !answer.url.same_origin(access.endpoint);
}

}  // namespace

void FileFetch::run() {
  for (int contents = 1;; ++contents) {
    transfer_all();
    if (part_.hasher().matches()) break;
    const std::string found = part_.hasher().found();
    restart("");
    const std::string text = fmt::format("{}: {} is {}, the hub lists {}", printable(file_.remote.text()),
                                         file_.digest.name(), found, file_.digest.hex());
    if (contents == kContentAttempts) {
      fail(ErrorKind::kBadFile, "{}; fetched {} times, nothing of it is kept", text, kContentAttempts);
    }
    board_.post({DownloadEvent::Kind::kCorrupt, file_.local.text(), 0, text + "; fetching it once more"});
  }
  part_.sync();
}

void FileFetch::transfer_all() {
  int failures = 0;
  std::uint64_t most = part_.bytes();
  while (part_.bytes() < file_.size) {
    Attempt state;
    attempt(state);
    if (part_.bytes() > most) failures = 0;
    most = std::max(most, part_.bytes());
    if (part_.bytes() == file_.size) return;
    ++failures;
    wait_or_give_up(state, failures);
  }
}

void FileFetch::attempt(Attempt& state) {
  state.offset = part_.bytes();
  HttpFields headers = {{"Accept-Encoding", "identity"}};
  if (state.offset > 0) headers.emplace_back("Range", fmt::format("bytes={}-", state.offset));
  HubReceiver receiver;
  receiver.on_head = [&](const HubAnswer& answer) { return take_head(answer, state); };
  receiver.on_body = [&](std::string_view piece) { return take_body(piece); };
  try {
    hub_.get(file_url(hub_.access(), listing_.repo, listing_.commit, file_.remote), headers, receiver);
  } catch (const Error& error) {
    const bool passes = error.kind() == ErrorKind::kIo || error.kind() == ErrorKind::kUnavailable;
    if (state.restart_because.empty() && !passes) throw;
    state.broken = error;
  }
  if (!state.restart_because.empty()) restart(state.restart_because);
}

Flow FileFetch::take_head(const HubAnswer& answer, Attempt& state) {
  state.answer = answer;
  const HttpHead& head = answer.head;
  if (head.status != 200 && head.status != 206) {
    state.asked = asked_wait(head, hub_.patience().clock.wall_now());
    if (head.status == 416) state.restart_because = "the server has no bytes from there on";
    return Flow::kContinue;
  }
  const auto range = parse_content_range(head.header("content-range").value_or(""));
  const bool changed = state.offset > 0 && !part_.etag().empty() && part_.etag() != answer.etag;
  if (head.status == 206) {
    if (changed) state.restart_because = "its tag changed";
    if (!range || range->first != state.offset) state.restart_because = "the server sends another part than asked for";
    if (range && range->total && *range->total != file_.size) {
      fail(ErrorKind::kBadFile, "{}: the server has {} bytes, the hub lists {}", printable(file_.remote.text()),
           *range->total, file_.size);
    }
    if (!state.restart_because.empty()) return Flow::kStop;
  } else if (state.offset > 0) {
    restart("the server sends all of it");  // and this answer is taken from its first byte
  }
  part_.set_etag(answer.etag);
  return Flow::kContinue;
}

Flow FileFetch::take_body(std::string_view piece) {
  if (piece.size() > file_.size - part_.bytes()) {
    fail(ErrorKind::kBadFile, "{}: more bytes come than the {} that the hub lists", printable(file_.remote.text()),
         file_.size);
  }
  part_.append(piece);
  board_.add_received(piece.size());
  return Flow::kContinue;
}

void FileFetch::restart(const std::string& why) {
  board_.take_back(part_.bytes());
  part_.restart();
  if (why.empty()) return;
  board_.post({DownloadEvent::Kind::kRestart, file_.local.text(), 0,
               fmt::format("{}: {}: starting from its first byte", printable(file_.local.text()), why)});
}

void FileFetch::wait_or_give_up(const Attempt& state, int failures) {
  const HubAccess& access = hub_.access();
  const std::string what = fmt::format("{}:{}", listing_.repo.text(), printable(file_.remote.text()));
  const bool passing =
      !state.refused() || is_passing_status(state.answer->head.status) || is_elsewhere(*state.answer, access);
  if (!passing || access.network == HubAccess::Network::kOffline) {
    if (state.broken && !state.refused()) throw *state.broken;
    throw_refusal(*state.answer, access, what);
  }
  const auto wait = retry_wait({failures, kFileAttempts, hub_.patience().jitter(), state.asked});
  if (!wait && state.refused()) throw_refusal(*state.answer, access, what);
  const std::string reason = state.refused() ? fmt::format("status {}", state.answer->head.status)
                             : state.broken  ? state.broken->what()
                                             : "the answer is too short";
  if (!wait) {
    fail(ErrorKind::kIo, "{}: given up after {} attempts without a new byte, at {} of {} bytes: {}", what, failures,
         part_.bytes(), file_.size, reason);
  }
  if (!state.restart_because.empty() && failures == 1) return;  // known by the first answer: no reason to wait
  board_.post({DownloadEvent::Kind::kRetry, file_.local.text(), part_.bytes(),
               fmt::format("{}: {}: again in {:.1f} s, from byte {}", printable(file_.local.text()), reason,
                           std::chrono::duration<double>(*wait).count(), part_.bytes())});
  if (!hub_.patience().pause(*wait)) fail(ErrorKind::kCancelled, "stopped");
}

}  // namespace rbee::pool::download
