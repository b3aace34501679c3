#include "net/exchange.h"

#include <utility>

#include <fmt/format.h>

namespace rbee::net {
namespace {

std::string event_stream_head(const ReplyFraming& framing) {
  std::string head =
      "HTTP/1.1 200 OK\r\n"
      "Content-Type: text/event-stream\r\n"
      "Cache-Control: no-cache\r\n"
      "X-Accel-Buffering: no\r\n";
  if (framing.chunked) head += "Transfer-Encoding: chunked\r\n";
  if (!framing.keep_alive || !framing.chunked) head += "Connection: close\r\n";
  return head + "\r\n";
}

}  // namespace

std::string serialized(const HttpResponse& response, const ReplyFraming& framing) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n", response.status,
                                reason_phrase(response.status), response.content_type, response.body.size());
  for (const auto& [name, value] : response.headers) out += fmt::format("{}: {}\r\n", name, value);
  out += "X-Content-Type-Options: nosniff\r\n";
  if (!framing.keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  if (!framing.head_only) out += response.body;
  return out;
}

Exchange::Exchange(ReplyFraming framing, std::function<void()> wake) : framing_(framing), wake_(std::move(wake)) {}

void Exchange::send(HttpResponse response) {
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || finished_) return;
    if (mode_ == Mode::kEvents) {  // the status is out already: all that is left is to cut the stream
      overflowed_ = true;
    } else {
      mode_ = Mode::kWhole;
      status_ = response.status;
      pending_ = serialized(response, framing_);
      finished_ = true;
    }
  }
  wake_();
}

void Exchange::start_events() {
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || mode_ != Mode::kNone) return;
    mode_ = Mode::kEvents;
    status_ = 200;
    head_ = event_stream_head(framing_);
    if (framing_.head_only) finished_ = true;
  }
  wake_();
}

void Exchange::write(std::string_view frame) {
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || finished_ || overflowed_) return;
    // One frame may be larger than the buffer (log-probabilities of a long prompt); a second one must then wait its
    // turn.
    if (pending_.size() > framing_.stream_buffer_max) {
      overflowed_ = true;
    } else {
      pending_ += frame;
    }
    if (mode_ != Mode::kEvents) return;
  }
  wake_();
}

void Exchange::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || finished_) return;
    finished_ = true;
  }
  wake_();
}

void Exchange::on_gone(std::function<void()> callback) {
  {
    const std::lock_guard lock(mutex_);
    if (!gone_) {
      on_gone_ = std::move(callback);
      return;
    }
  }
  callback();
}

Exchange::Output Exchange::take() {
  const std::lock_guard lock(mutex_);
  Output out;
  out.overflowed = overflowed_;
  if (mode_ == Mode::kNone) return out;
  out.finished = finished_;
  out.streaming = mode_ == Mode::kEvents;
  if (mode_ == Mode::kWhole) {
    out.bytes = std::exchange(pending_, {});
  } else {
    out.bytes = std::exchange(head_, {});
    if (!framing_.head_only) {
      if (!pending_.empty()) {
        out.bytes += framing_.chunked ? fmt::format("{:x}\r\n{}\r\n", pending_.size(), pending_) : pending_;
        pending_.clear();
      }
      if (finished_ && framing_.chunked) out.bytes += "0\r\n\r\n";
    }
  }
  return out;
}

bool Exchange::overflowed() const {
  const std::lock_guard lock(mutex_);
  return overflowed_;
}

int Exchange::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Exchange::client_gone() {
  std::function<void()> callback;
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    pending_.clear();
    callback = std::exchange(on_gone_, nullptr);
  }
  if (callback) callback();
}

void Exchange::complete() {
  std::function<void()> callback;  // destroyed after the lock is released: it may hold the last handle of something
  const std::lock_guard lock(mutex_);
  gone_ = true;
  callback = std::exchange(on_gone_, nullptr);
}

}  // namespace rbee::net
