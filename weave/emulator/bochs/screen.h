// bochs/screen.h: what the machine shows, as the runner hands it to JavaScript.
#pragma once
#include <cstdint>

enum screen_kind : std::uint32_t { no_screen = 0, text_screen = 1, graphics_screen = 2 };

// All of it is 32 bits, so that JavaScript reads it as one array.
struct screen_state {
    std::uint32_t kind;
    std::uint32_t width, height;       // in characters or pixels
    std::uint32_t content;             // address: two bytes a character (code, attribute), or RGBA, four bytes a pixel
    std::uint32_t cursor_x, cursor_y;  // in characters; beyond the screen if it is not shown
    std::uint32_t version;             // another number whenever something has changed
};

extern screen_state screen;
