// Engines whose instruction set is chosen by hand.
#include <algorithm>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/backend/cpu/isa.h"
#include "engine/engine.h"
#include "engine/generate/testing/request_log.h"
#include "golden_model.h"

namespace rbee::golden {
namespace {

using namespace engine;  // NOLINT: the whole test is about it

EngineOptions options(std::string_view isa) {
  return {.model = std::filesystem::path(RBEE_SOURCE_DIR) / "models" / "demo-llama",
          .threads = 2,
          .cpu_isa = std::string(isa)};
}

TEST(CpuIsa, every_one_that_the_machine_has_can_be_forced_and_is_named) {
  const std::vector<GoldenModel> models = golden_models_in(std::filesystem::path(RBEE_SOURCE_DIR) / "models");
  const auto llama =
      std::find_if(models.begin(), models.end(), [](const GoldenModel& model) { return model.name == "demo-llama"; });
  ASSERT_NE(llama, models.end());
  for (const cpu::Isa isa : cpu::usable_isas()) {
    SCOPED_TRACE(cpu::isa_name(isa));
    const std::unique_ptr<Engine> engine = Engine::load(options(cpu::isa_name(isa)), {});
    const std::string part = ", " + std::string(cpu::isa_name(isa)) + ", ";
    EXPECT_NE(engine->model().device.find(part), std::string::npos) << engine->model().device;
    GenerateRequest request;
    request.prompt = llama->cases[0].ids;
    request.max_tokens = 100;
    request.sampling.temperature = 0;
    RequestLog log;
    engine->submit(request, log.sink());
    EXPECT_EQ(log.tokens(), llama->cases[0].greedy);
  }
}

TEST(CpuIsa, an_unknown_word_or_another_backend_is_refused) {
  EXPECT_THROW(Engine::load(options("sse2"), {}), Error);
  EngineOptions reference = options("portable");
  reference.backend = "reference";
  EXPECT_THROW(Engine::load(reference, {}), Error);
}

}  // namespace
}  // namespace rbee::golden
