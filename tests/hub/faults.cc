#include "faults.h"

#include <boost/json/array.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

namespace rbee::hub {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kFileMax = 1 << 20;

std::vector<Fault> parse_faults(std::string_view text) {
  json::value document = parse_json(text, "faults");
  if (document.is_object()) document = document.get_object()["faults"];
  if (!document.is_array()) fail(ErrorKind::kBadFile, "faults: expected a list");
  std::vector<Fault> faults;
  for (const json::value& value : document.get_array()) {
    if (!value.is_object()) fail(ErrorKind::kBadFile, "faults: expected objects");
    Fault fault;
    fault.fields = value.get_object();
    fault.action = fault.text("do", "");
    fault.on = fault.text("on", "any");
    fault.path = fault.text("path", "");
    fault.unless_token = fault.text("unless_token", "");
    fault.times = fault.number("times", 0);
    fault.skip = fault.number("skip", 0);
    faults.push_back(std::move(fault));
  }
  return faults;
}

bool matches(const Fault& fault, const FaultQuestion& question) {
  if (fault.on != "any" && fault.on != question.on && !(fault.on == "file" && question.sends_bytes)) return false;
  if (!fault.unless_token.empty() && fault.unless_token == question.token) return false;
  return question.path.ends_with(fault.path);
}

}  // namespace

std::uint64_t Fault::number(std::string_view name, std::uint64_t other) const {
  const json::value* value = fields.if_contains(name);
  return value != nullptr && value->is_int64() ? static_cast<std::uint64_t>(value->get_int64()) : other;
}

std::string Fault::text(std::string_view name, std::string_view other) const {
  const json::value* value = fields.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::string(other);
  return {value->get_string().data(), value->get_string().size()};
}

void Faults::set(std::string_view text) {
  std::vector<Fault> faults = parse_faults(text);
  const std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
}

void Faults::read_file_again() {
  if (file_.empty() || !std::filesystem::exists(file_)) return;
  const std::string text = read_file(file_, kFileMax);
  if (text == file_text_) return;
  file_text_ = text;
  faults_ = parse_faults(text);
}

std::vector<Fault> Faults::take(const FaultQuestion& question) {
  const std::lock_guard lock(mutex_);
  read_file_again();
  std::vector<Fault> taken;
  for (Fault& fault : faults_) {
    if (!matches(fault, question)) continue;
    const std::uint64_t number = fault.seen++;
    if (number >= fault.skip && (fault.times == 0 || number < fault.skip + fault.times)) taken.push_back(fault);
  }
  return taken;
}

}  // namespace rbee::hub
