#include "matrix/junit.h"

#include <map>

#include <fmt/format.h>

#include "matrix/escape.h"
#include "matrix/summary.h"

namespace rbee::matrix {
namespace {

std::string test_case(const CellRecord& cell) {
  std::string out = fmt::format(R"(    <testcase classname="{}.{}" name="{}" time="{:.3f}">)", xml_text(cell.key.pool),
                                xml_text(cell.key.backend), xml_text(cell.key.model), cell.seconds);
  const std::string reason = xml_text(cell.verdict.reason);
  if (failed(cell.verdict.state)) {
    std::string log;
    for (const std::string& line : cell.log) log += xml_text(line) + "\n";
    out += fmt::format("\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    ", state_name(cell.verdict.state),
                       reason, log);
  } else if (!works(cell.verdict.state)) {
    out += fmt::format("\n      <skipped message=\"{}: {}\"/>\n    ", state_name(cell.verdict.state), reason);
  } else if (!reason.empty()) {
    out += fmt::format("\n      <system-out>{}</system-out>\n    ", reason);
  }
  return out + "</testcase>\n";
}

std::string suite(const std::string& pool, const Run& of_pool) {
  const Summary summary = summarize(of_pool);
  double seconds = 0;
  std::string cases;
  for (const CellRecord& cell : of_pool.cells) {
    seconds += cell.seconds;
    cases += test_case(cell);
  }
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\" "
      "timestamp=\"{}\">\n{}  </testsuite>\n",
      xml_text(pool), of_pool.cells.size(), summary.failed, summary.skipped, seconds, xml_text(of_pool.head.started_at),
      cases);
}

}  // namespace

std::string junit_text(const Run& run) {
  std::map<std::string, Run> by_pool;
  for (const CellRecord& cell : run.cells) {
    Run& of_pool = by_pool[cell.key.pool];
    of_pool.head.started_at = run.head.started_at;
    of_pool.cells.push_back(cell);
  }
  const Summary summary = summarize(run);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rbee test\" tests=\"{}\" failures=\"{}\" "
      "skipped=\"{}\">\n",
      run.cells.size(), summary.failed, summary.skipped);
  for (const auto& [pool, of_pool] : by_pool) out += suite(pool, of_pool);
  return out + "</testsuites>\n";
}

}  // namespace rbee::matrix
