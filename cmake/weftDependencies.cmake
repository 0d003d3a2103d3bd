# The libraries that the static library weft needs when a program is linked. The build and the installed package both
# read this list, so a new one is one line here and its target in target_link_libraries(weft PRIVATE ...).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(deflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(exif REQUIRED IMPORTED_TARGET libexif)
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(zip REQUIRED IMPORTED_TARGET libzip)
find_package(Eigen3 REQUIRED NO_MODULE)
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)
find_library(GOMP_LIBRARY NAMES gomp libgomp.so.1 REQUIRED)  # oneDNN's threads, to be told that it has one
find_path(CSV_INCLUDE_DIR csv.h REQUIRED)  # libcsv describes itself to neither CMake nor pkg-config
find_library(CSV_LIBRARY csv REQUIRED)
