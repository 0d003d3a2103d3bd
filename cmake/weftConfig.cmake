# find_package(weft) gives the target weft::weft.
include(${CMAKE_CURRENT_LIST_DIR}/weftDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/weftTargets.cmake)
