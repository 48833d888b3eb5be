// bochs/screen.cc: Bochs' display: it keeps the screen in memory, where JavaScript fetches it. Takes the place of gui/nogui.cc.
#define BX_PLUGGABLE
#include "bochs.h"
#include "gui.h"
#include "param_names.h"
#include "plugin.h"
#include "screen.h"
#include <cstdlib>
#include <cstring>
#include <vector>

screen_state screen;

class bx_nogui_gui_c : public bx_gui_c {
public:
    DECLARE_GUI_VIRTUAL_METHODS()
};

static bx_nogui_gui_c* theGui = NULL;
IMPLEMENT_GUI_PLUGIN_CODE(nogui)

static std::vector<Bit8u> content;
static Bit32u colours[256];  // RGBA, in memory's order: red is the lowest byte
static unsigned bits_per_pixel;

static constexpr Bit32u opaque = 0xFF000000;

static Bit32u rgba(unsigned red, unsigned green, unsigned blue) { return opaque | blue << 16 | green << 8 | red; }

static Bit32u five_bits(unsigned value) { return (value & 31) * 255 / 31; }
static Bit32u six_bits(unsigned value) { return (value & 63) * 255 / 63; }

// The pixel number `index` of a tile, which holds pixels as the guest's video memory does.
static Bit32u pixel(const Bit8u* tile, unsigned index)
{
    Bit16u two;
    switch (bits_per_pixel) {
    case 32:
        return rgba(tile[index * 4 + 2], tile[index * 4 + 1], tile[index * 4]);
    case 24:
        return rgba(tile[index * 3 + 2], tile[index * 3 + 1], tile[index * 3]);
    case 16:
        memcpy(&two, tile + index * 2, 2);
        return rgba(five_bits(two >> 11), six_bits(two >> 5), five_bits(two));
    case 15:
        memcpy(&two, tile + index * 2, 2);
        return rgba(five_bits(two >> 10), five_bits(two >> 5), five_bits(two));
    default:
        return colours[tile[index]];
    }
}

void bx_nogui_gui_c::specific_init(int, char**, unsigned) { put("SCREEN"); }

// The machine changed its mode. `font_height` is 0 in a graphics mode.
void bx_nogui_gui_c::dimension_update(unsigned width, unsigned height, unsigned font_height, unsigned font_width,
                                      unsigned depth)
{
    guest_textmode = font_height > 0;
    guest_xres = host_xres = width;
    guest_yres = host_yres = height;
    guest_bpp = host_bpp = bits_per_pixel = depth;  // Bochs hands out tiles of the host's depth
    guest_fheight = font_height;
    guest_fwidth = font_width;
    screen.kind = guest_textmode ? text_screen : graphics_screen;
    screen.width = guest_textmode ? width / font_width : width;
    screen.height = guest_textmode ? height / font_height : height;
    content.assign(screen.width * screen.height * (guest_textmode ? 2 : 4), 0);
    screen.content = reinterpret_cast<std::uintptr_t>(content.data());
    screen.cursor_x = screen.cursor_y = ~0u;
    screen.version++;
}

void bx_nogui_gui_c::text_update(Bit8u*, Bit8u* text, unsigned long cursor_x, unsigned long cursor_y,
                                 bx_vga_tminfo_t* info)
{
    if (screen.kind != text_screen)
        return;
    const unsigned line = screen.width * 2;
    bool changed = screen.cursor_x != cursor_x || screen.cursor_y != cursor_y;
    for (unsigned row = 0; row < screen.height; row++) {
        Bit8u* const to = content.data() + row * line;
        const Bit8u* const from = text + row * info->line_offset;
        if (memcmp(to, from, line) == 0)
            continue;
        memcpy(to, from, line);
        changed = true;
    }
    screen.cursor_x = cursor_x;
    screen.cursor_y = cursor_y;
    screen.version += changed;
}

void bx_nogui_gui_c::graphics_tile_update(Bit8u* tile, unsigned left, unsigned top)
{
    if (screen.kind != graphics_screen)
        return;
    Bit32u* const pixels = reinterpret_cast<Bit32u*>(content.data());
    for (unsigned y = 0; y < y_tilesize && top + y < screen.height; y++)
        for (unsigned x = 0; x < x_tilesize && left + x < screen.width; x++)
            pixels[(top + y) * screen.width + left + x] = pixel(tile, y * x_tilesize + x);
    screen.version++;
}

bool bx_nogui_gui_c::palette_change(Bit8u index, Bit8u red, Bit8u green, Bit8u blue)
{
    colours[index] = rgba(red, green, blue);
    return true;  // what has been drawn must be drawn anew
}

void bx_nogui_gui_c::clear_screen()
{
    std::fill(content.begin(), content.end(), 0);
    screen.version++;
}

// There is no window, no toolbar, no mouse and no clipboard.
void bx_nogui_gui_c::handle_events() {}
void bx_nogui_gui_c::flush() {}
void bx_nogui_gui_c::exit() {}
void bx_nogui_gui_c::show_headerbar() {}
void bx_nogui_gui_c::replace_bitmap(unsigned, unsigned) {}
void bx_nogui_gui_c::mouse_enabled_changed_specific(bool) {}
unsigned bx_nogui_gui_c::create_bitmap(const unsigned char*, unsigned, unsigned) { return 0; }
unsigned bx_nogui_gui_c::headerbar_bitmap(unsigned, unsigned, void (*)(void)) { return 0; }
int bx_nogui_gui_c::get_clipboard_text(Bit8u**, Bit32s*) { return 0; }
int bx_nogui_gui_c::set_clipboard_text(char*, Bit32u) { return 0; }
