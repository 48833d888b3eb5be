// Which of the mistakes in a program is made. Included before everything else.
#pragma once

namespace mutation {

constexpr unsigned none = 0, noting = ~0u;
extern unsigned chosen;        // by its number; or none; or noting, which makes none and calls note() for each
bool note(unsigned mistake);   // false

// What the compiler computes is as it was.
constexpr bool is(unsigned mistake)
{
    if (__builtin_is_constant_evaluated())
        return false;
    return chosen == mistake || (chosen == noting && note(mistake));
}

}  // namespace mutation
