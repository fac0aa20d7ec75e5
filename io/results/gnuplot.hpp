#pragma once
#include <cstddef>
#include <string>

namespace hypofp::gnuplot {

/// `text` as a gnuplot string constant. All but letters and spaces goes in as its octal number (a digit too, or it would be read as part of
/// the number before it): nothing of it is a quote, a backquote or an end of line to gnuplot. Shown as it is with noenhanced.
std::string constant(const std::string& text);

/// A title of at most three lines of `columns` characters: broken at spaces, a long word anywhere, what does not fit ends in an ellipsis.
std::string wrapped(const std::string& text, std::size_t columns);

/// Runs the script, which has a terminal and no output, and puts the PNG it makes at `png`. Empty, or in words why there is none; what
/// stood at `png` is then kept. gnuplot sees no path, and no start-up file of the user's.
std::string draw(const std::string& png, const std::string& script);

}  // namespace hypofp::gnuplot
