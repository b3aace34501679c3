#include "worker_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/memory.h"

namespace rbee::worker {
namespace {

using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::MetricType;

Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                     const Histogram::BucketBoundaries& seconds) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, seconds);
}

prometheus::ClientMetric sample(MetricType type, double value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return metric;
}

MetricFamily family(const char* name, const char* help, MetricType type, double value) {
  return {name, help, type, {sample(type, value)}};
}

MetricFamily outcomes(const engine::EngineStats& stats) {
  MetricFamily out{"rbee_worker_requests_total", "Requests by how they ended", MetricType::Counter, {}};
  const std::pair<const char*, std::uint64_t> rows[] = {{"finished", stats.requests_finished},
                                                        {"cancelled", stats.requests_cancelled},
                                                        {"failed", stats.requests_failed},
                                                        {"rejected", stats.requests_rejected}};
  for (const auto& [outcome, count] : rows) {
    out.metric.push_back(sample(MetricType::Counter, static_cast<double>(count)));
    out.metric.back().label = {{"outcome", outcome}};
  }
  return out;
}

MetricFamily cache_bytes(const engine::ModelInfo& model) {
  MetricFamily out =
      family("rbee_worker_kv_bytes", "Size of the KV cache", MetricType::Gauge, static_cast<double>(model.kv_bytes));
  out.metric.front().label = {{"dtype", model.kv_dtype}};
  return out;
}

MetricFamily model_info(const engine::ModelInfo& model) {
  MetricFamily out =
      family("rbee_worker_model_info", "1; the types of most weights, and of those in the files", MetricType::Gauge, 1);
  const std::string& source = model.source_dtype.empty() ? model.dtype : model.source_dtype;
  out.metric.back().label = {{"architecture", model.architecture}, {"dtype", model.dtype}, {"source_dtype", source}};
  return out;
}

std::vector<MetricFamily> engine_families(const engine::EngineStats& stats) {
  const auto counter = [](const char* name, const char* help, auto value) {
    return family(name, help, MetricType::Counter, static_cast<double>(value));
  };
  const auto gauge = [](const char* name, const char* help, auto value) {
    return family(name, help, MetricType::Gauge, static_cast<double>(value));
  };
  return {
      outcomes(stats),
      counter("rbee_worker_prompt_tokens_total", "Prompt tokens processed", stats.prompt_tokens),
      counter("rbee_worker_output_tokens_total", "Tokens sampled", stats.output_tokens),
      counter("rbee_worker_draft_tokens_total", "Guessed tokens that steps verified", stats.draft_tokens),
      counter("rbee_worker_draft_tokens_accepted_total", "Guessed tokens that came true", stats.draft_tokens_accepted),
      counter("rbee_worker_steps_total", "Engine steps", stats.steps),
      counter("rbee_worker_candidate_steps_total", "Engine steps whose device gave the highest logits alone",
              stats.candidate_steps),
      counter("rbee_worker_prefill_seconds_total", "Time in prefill", stats.prefill_seconds),
      counter("rbee_worker_decode_seconds_total", "Time in decode", stats.decode_seconds),
      gauge("rbee_worker_requests_running", "Requests that run now", stats.running),
      gauge("rbee_worker_requests_waiting", "Requests that wait", stats.waiting),
      gauge("rbee_worker_kv_blocks_used", "KV cache blocks in use", stats.kv_blocks_used),
      gauge("rbee_worker_kv_blocks_total", "KV cache blocks there are", stats.kv_blocks_total),
  };
}

}  // namespace

struct WorkerMetrics::Impl {
  prometheus::Registry registry;
  Histogram& first_token =
      histogram(registry, "rbee_worker_time_to_first_token_seconds", "From the request to its first text",
                {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60});
  Histogram& inter_token = histogram(registry, "rbee_worker_inter_token_latency_seconds", "Between two pieces of text",
                                     {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5});
  Histogram& request = histogram(registry, "rbee_worker_request_seconds", "From the request to its end",
                                 {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300});
  prometheus::Family<prometheus::Counter>& answers = prometheus::BuildCounter()
                                                         .Name("rbee_worker_http_responses_total")
                                                         .Help("HTTP answers by route and status")
                                                         .Register(registry);
};

WorkerMetrics::WorkerMetrics() : impl_(std::make_unique<Impl>()) {}
WorkerMetrics::~WorkerMetrics() = default;

void WorkerMetrics::observe_first_token(double seconds) {
  impl_->first_token.Observe(seconds);
}
void WorkerMetrics::observe_inter_token(double seconds) {
  impl_->inter_token.Observe(seconds);
}
void WorkerMetrics::observe_request(double seconds) {
  impl_->request.Observe(seconds);
}

void WorkerMetrics::count_answer(std::string_view route, int status) {
  impl_->answers.Add({{"route", route.empty() ? "none" : std::string(route)}, {"status", std::to_string(status)}})
      .Increment();
}

std::string WorkerMetrics::text(const engine::Engine* engine) const {
  std::vector<MetricFamily> families = impl_->registry.Collect();
  if (engine != nullptr) {
    std::vector<MetricFamily> more = engine_families(engine->stats());
    more.push_back(cache_bytes(engine->model()));
    std::move(more.begin(), more.end(), std::back_inserter(families));
    families.push_back(model_info(engine->model()));
    families.push_back(family("rbee_worker_weight_bytes", "Bytes of the model's weights", MetricType::Gauge,
                              static_cast<double>(engine->model().weight_bytes)));
    families.push_back(family("rbee_worker_device_bytes", "Memory of the model's device that this process holds",
                              MetricType::Gauge, static_cast<double>(engine->model().device_bytes)));
  }
  const ProcessMemory memory = process_memory();
  families.push_back(family("rbee_worker_resident_bytes", "Resident memory of the process", MetricType::Gauge,
                            static_cast<double>(memory.resident_bytes)));
  families.push_back(family("rbee_worker_resident_peak_bytes", "Most resident memory since the start",
                            MetricType::Gauge, static_cast<double>(memory.resident_peak_bytes)));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rbee::worker
