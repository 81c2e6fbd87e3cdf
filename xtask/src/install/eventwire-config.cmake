# find_package(eventwire) defines these targets:
#
#   eventwire::eventwire   the shared library
#   eventwire::static      the static library
#
# Paths are found from where this file is, so the installed tree may be moved.

get_filename_component(_eventwire_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if(NOT TARGET eventwire::eventwire)
  add_library(eventwire::eventwire SHARED IMPORTED)
  set_target_properties(eventwire::eventwire PROPERTIES
    IMPORTED_LOCATION "${_eventwire_prefix}/lib/@SHARED@"
    IMPORTED_SONAME "@SONAME@"
    INTERFACE_INCLUDE_DIRECTORIES "${_eventwire_prefix}/include")
endif()

if(NOT TARGET eventwire::static)
  add_library(eventwire::static STATIC IMPORTED)
  set_target_properties(eventwire::static PROPERTIES
    IMPORTED_LINK_INTERFACE_LANGUAGES "C"
    IMPORTED_LOCATION "${_eventwire_prefix}/lib/libeventwire.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_eventwire_prefix}/include")
endif()

unset(_eventwire_prefix)
