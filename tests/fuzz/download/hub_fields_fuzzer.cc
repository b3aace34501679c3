// Header fields, addresses and names from outside: any bytes are read or refused, and an address that was taken reads
// as the same again.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "pool/download/http_fields.h"
#include "pool/download/hub_names.h"
#include "pool/download/url.h"

namespace dl = rbee::pool::download;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dl::next_link(text);
  dl::parse_http_date(text);
  dl::bare_etag(text);
  const rbee::WallTime now{std::chrono::seconds(1'700'000'000)};
  for (const char* name : {"retry-after", "ratelimit"}) {
    const auto wait = dl::asked_wait({429, {{name, std::string(text)}}}, now);
    RBEE_CHECK(!wait || wait->count() >= 0);
  }
  if (const auto range = dl::parse_content_range(text)) RBEE_CHECK(range->first <= range->last);
  if (const auto url = dl::Url::parse(text)) {
    const auto again = dl::Url::parse(url->text());
    RBEE_CHECK(again && again->text() == url->text() && again->same_origin(*url));
  }
  const auto base = dl::Url::parse("https://hub.example/a/b");
  if (const auto target = base->resolve(text)) RBEE_CHECK(target->text().starts_with("http"));
  try {
    const dl::ModelReference reference = dl::parse_model_reference(text);
    RBEE_CHECK(reference.id.empty() == reference.repo.has_value());
  } catch (const rbee::Error&) {
  }
  return 0;
}
