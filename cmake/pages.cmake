# The pages of reports: esbuild makes one script and one style of web/ and the modules of D3 that it uses, and embed.cmake a
# source of them. Both come from Debian; Node.js is not needed, here or when a page is opened.
find_program(ESBUILD esbuild REQUIRED)
find_path(D3_MODULES d3-scale/package.json PATHS /usr/share/nodejs NO_DEFAULT_PATH REQUIRED)
file(GLOB web_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/*.js ${PROJECT_SOURCE_DIR}/web/*.css
  ${PROJECT_SOURCE_DIR}/web/*.txt)
set(pages ${PROJECT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${pages})
add_custom_command(OUTPUT ${pages}/assets.cpp
  COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${D3_MODULES} ${ESBUILD} ${PROJECT_SOURCE_DIR}/web/main.js
          --bundle --minify --format=iife --target=es2020 --charset=utf8 --loader:.txt=text
          --log-level=warning --outfile=${pages}/page.js
  COMMAND ${ESBUILD} ${PROJECT_SOURCE_DIR}/web/style.css --bundle --minify --charset=utf8
          --log-level=warning --outfile=${pages}/page.css
  COMMAND ${CMAKE_COMMAND} -D SCRIPT=${pages}/page.js -D STYLE=${pages}/page.css -D OUTPUT=${pages}/assets.cpp
          -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${web_sources} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  COMMENT "Bundling the pages"
  VERBATIM)
target_sources(weft PRIVATE ${pages}/assets.cpp)
