// What templates may not do.

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/chat/chat_case.h"

namespace rbee::engine {
namespace {

TEST(Sandbox, python_internals_are_no_attributes) {
  EXPECT_EQ(render_text("{{ ''.__class__ }}"), "error: template: attribute '__class__' is not allowed");
  EXPECT_EQ(render_text("{{ ''['__class__'] }}"), "error: template: attribute '__class__' is not allowed");
  EXPECT_EQ(render_text("{{ ''.__class__.__mro__[1].__subclasses__() }}"),
            "error: template: attribute '__class__' is not allowed");
  EXPECT_EQ(render_text("{{ cycler.__init__.__globals__.os.popen('id') }}"),
            "error: template: attribute '__init__' is not allowed");
  EXPECT_EQ(render_text("{{ raise_exception.__globals__ }}"),
            "error: template: attribute '__globals__' is not allowed");
  EXPECT_EQ(render_text("{% macro m() %}{% endmacro %}{{ m.__code__ }}"),
            "error: template: attribute '__code__' is not allowed");
  EXPECT_EQ(render_text("{{ [''] | map(attribute='__class__') | list }}"),
            "error: template: attribute '__class__' is not allowed");
}

TEST(Sandbox, data_may_be_called_like_internals) {
  EXPECT_EQ(render_text("{{ messages[0]['__x__'] }}", R"([{"__x__": 5}])"), "text: 5");
}

TEST(Sandbox, the_attr_filter_is_refused) {
  EXPECT_EQ(render_text("{{ ''|attr('__class__') }}"), "error: template line 1: filter 'attr' is not allowed");
}

TEST(Sandbox, format_fields_do_not_reach_into_values) {
  EXPECT_EQ(render_text("{{ '{0.__class__}'.format(1) }}"), "error: template: attribute '0.__class__' is not allowed");
  EXPECT_EQ(render_text("{{ '{a[0]}'.format(a=[1]) }}"), "error: template: attribute 'a[0]' is not allowed");
  EXPECT_EQ(render_text("{{ ('{0.__class__}'|string).format_map({'0': 1}) }}"),
            "error: template: attribute '0.__class__' is not allowed");
}

TEST(Sandbox, other_templates_are_refused) {
  for (const std::string tag : {"include", "import", "extends", "from"}) {
    EXPECT_EQ(render_text("{% " + tag + " 'x' %}"),
              "error: template line 1: '" + tag + "' is not allowed in a chat template");
  }
}

TEST(Sandbox, data_is_never_changed) {
  EXPECT_EQ(render_text("{{ messages.append(1) }}"), "error: access to attribute 'append' of 'list' object is unsafe.");
  EXPECT_EQ(render_text("{{ {}.update({}) }}"), "error: access to attribute 'update' of 'dict' object is unsafe.");
}

TEST(Sandbox, only_functions_can_be_called) {
  EXPECT_EQ(render_text("{{ 'x'() }}"), "error: 'str' object is not callable");
  EXPECT_EQ(render_text("{{ open('/etc/passwd') }}"), "error: 'open' is undefined");
}

}  // namespace
}  // namespace rbee::engine
