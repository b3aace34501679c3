# Several sources in one compilation (CMAKE_UNITY_BUILD, on in the presets): most of a compilation is headers, so a clean
# build takes a fraction of the time. Files whose local names meet those of a neighbour are compiled alone.

# rbee_compile_alone(TARGET FILE...)
function(rbee_compile_alone target)
  if(TARGET ${target})
    get_target_property(folder ${target} SOURCE_DIR)
    list(TRANSFORM ARGN PREPEND "${folder}/" OUTPUT_VARIABLE files)
    set_source_files_properties(${files} TARGET_DIRECTORY ${target} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

# Called once every target is declared.
function(rbee_set_unity_exceptions)
  rbee_compile_alone(rbee_chat filters_number.cc filters_ordering.cc filters_selection.cc filters_sequence.cc
                     filters_text.cc lexer.cc methods_string.cc methods_string_class.cc methods_string_split.cc
                     unicode.cc)
  rbee_compile_alone(rbee_formats hf_config.cc hf_generation.cc hf_rope.cc)
  rbee_compile_alone(rbee_net origin.cc site.cc)
  rbee_compile_alone(rbee_tokenizer gguf_tokenizer.cc regex.cc unicode_class.cc)
endfunction()
