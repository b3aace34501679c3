#include "wire/pool/worker_record.h"

#include <limits>

#include <boost/json/value.hpp>

#include "base/json.h"
#include "wire/pool/record_fields.h"

namespace rbee::wire {

namespace json = boost::json;

json::value to_json(const WorkerRecord& record) {
  json::object object{{"worker_id", record.worker_id},
                      {"pid", record.pid},
                      {"backend", record.backend},
                      {"gpu", record.gpu},
                      {"model_id", record.model_id},
                      {"port", record.port},
                      {"host", record.host},
                      {"started_at", record.started_at},
                      {"version", record.version},
                      {"pid_start_time", record.pid_start_time},
                      {"boot_id", record.boot_id},
                      {"nonce", record.nonce},
                      {"model_path", record.model_path}};
  if (!record.end_reason.empty()) object.emplace("end_reason", record.end_reason);
  for (const auto& [key, value] : record.other) object.emplace(key, value);
  return object;
}

WorkerRecord parse_worker_record(std::string_view text, std::string_view source) {
  const json::value document = parse_json(text, source);
  RecordFields fields(document, std::string(source));
  WorkerRecord record;
  record.worker_id = fields.text("worker_id");
  record.pid = static_cast<int>(fields.count("pid", std::numeric_limits<int>::max()));
  record.backend = fields.text("backend");
  record.gpu = static_cast<std::uint32_t>(fields.count_or("gpu", std::numeric_limits<std::uint32_t>::max(), 0));
  record.model_id = fields.text("model_id");
  record.port = static_cast<std::uint16_t>(fields.count("port", std::numeric_limits<std::uint16_t>::max()));
  record.host = fields.text_or("host", "127.0.0.1");
  record.started_at = fields.text_or("started_at", "");
  record.version = fields.text_or("version", "");
  record.pid_start_time = fields.count_or("pid_start_time", std::numeric_limits<std::uint64_t>::max(), 0);
  record.boot_id = fields.text_or("boot_id", "");
  record.nonce = fields.text_or("nonce", "");
  record.model_path = fields.text_or("model_path", "");
  record.end_reason = fields.text_or("end_reason", "");
  record.other = fields.rest();
  return record;
}

}  // namespace rbee::wire
