# Boost's headers, and Boost.JSON compiled from the source among them.
if(NOT TARGET Boost::headers)
  add_library(Boost::headers INTERFACE IMPORTED GLOBAL)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/boost_json.cc" CONTENT "#include <boost/json/src.hpp>\n")
  add_library(boost_json STATIC "${CMAKE_BINARY_DIR}/boost_json.cc")
endif()
set(Boost_FOUND TRUE)
