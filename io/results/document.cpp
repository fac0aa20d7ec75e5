#include "io/results/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <cctype>
#include <fstream>
#include <iterator>

namespace hypofp {
namespace {

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return text;
}

std::string escaped_in_markdown(const std::string& text) {
  const std::string line = one_line(text) + ' ';
  std::string out;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const bool sign = std::string("\\`*_[]<>|~#$&!@").find(line[i]) != std::string::npos;
    if (sign || (line[i] == ':' && line[i + 1] != ' ')) out += '\\';  // :a: is a picture to some
    out += line[i];
  }
  return out;
}

/// A fence longer than any run of backquotes in the text.
std::string fenced(const std::string& text) {
  std::size_t longest = 2, run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{0}\n{1}{2}{0}\n", fence, text, text.ends_with('\n') ? "" : "\n");
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + escaped_in_markdown(cell) + " |";
  return out + "\n";
}

std::string markdown_of(const Document::Block& b) {
  switch (b.kind) {
    case Document::Block::heading:
      return std::string(b.level, '#') + " " + escaped_in_markdown(b.text) + "\n";
    case Document::Block::paragraph:
      return escaped_in_markdown(b.text) + "\n";
    case Document::Block::verbatim:
      return fenced(b.text);
    case Document::Block::picture:
      return fmt::format("![{}]({})\n", escaped_in_markdown(b.text), b.file);
    case Document::Block::table: {
      std::string out = markdown_row(b.rows.front()) + "|";
      for (std::size_t i = 0; i < b.rows.front().size(); ++i) out += "---|";
      out += "\n";
      for (auto row = b.rows.begin() + 1; row != b.rows.end(); ++row) out += markdown_row(*row);
      return out;
    }
  }
  return "";
}

std::string escaped_in_html(const std::string& text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string base64_of(const std::string& path) {
  namespace iterators = boost::archive::iterators;
  using Sixes = iterators::base64_from_binary<iterators::transform_width<std::string::const_iterator, 6, 8>>;
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const std::size_t filling = (3 - bytes.size() % 3) % 3;
  bytes.append(filling, '\0');
  const std::string text(Sixes(bytes.cbegin()), Sixes(bytes.cend()));
  return text.substr(0, text.size() - filling) + std::string(filling, '=');
}

std::string html_row(const std::vector<std::string>& cells, const char* tag) {
  std::string out = "<tr>";
  for (const std::string& cell : cells) {
    const bool word = cell.find(' ') == std::string::npos;  // a number is not broken at its sign
    out += fmt::format("<{0}{1}>{2}</{0}>", tag, word ? " class=\"word\"" : "", escaped_in_html(one_line(cell)));
  }
  return out + "</tr>\n";
}

std::string html_of(const Document::Block& b, const std::string& folder) {
  const std::string text = escaped_in_html(b.kind == Document::Block::verbatim ? b.text : one_line(b.text));
  switch (b.kind) {
    case Document::Block::heading:
      return fmt::format("<h{0}>{1}</h{0}>\n", b.level, text);
    case Document::Block::paragraph:
      return fmt::format("<p>{}</p>\n", text);
    case Document::Block::verbatim:
      return fmt::format("<pre>{}</pre>\n", text);
    case Document::Block::picture:
      return fmt::format("<figure><img alt=\"{0}\" src=\"data:image/png;base64,{1}\"><figcaption>{0}</figcaption></figure>\n", text,
                         base64_of(folder + "/" + b.file));
    case Document::Block::table: {
      std::string out = "<div class=\"wide\"><table>\n" + html_row(b.rows.front(), "th");
      for (auto row = b.rows.begin() + 1; row != b.rows.end(); ++row) out += html_row(*row, "td");
      return out + "</table></div>\n";
    }
  }
  return "";
}

constexpr const char* head =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>{}</title>\n<style>\n"
    "body {{ font: 16px/1.5 sans-serif; color: #222; background: #fff; max-width: 64em; margin: 2em auto; padding: 0 1em; }}\n"
    "h1 {{ line-height: 1.2; overflow-wrap: anywhere; }}\nh2 {{ border-bottom: 1px solid #ccc; margin-top: 2em; }}\n"
    "table {{ border-collapse: collapse; font-size: 0.92em; }}\nth, td {{ border: 1px solid #ccc; padding: 0.25em 0.6em; text-align: left; "
    "vertical-align: top; }}\nth {{ background: #f2f2f2; }}\n.wide {{ overflow-x: auto; }}\n.word {{ white-space: nowrap; }}\n"
    "pre {{ background: #f6f6f6; padding: 0.8em; overflow-x: auto; font-size: 0.88em; }}\n"
    "figure {{ margin: 1.5em 0; }}\nimg {{ max-width: 100%; height: auto; }}\nfigcaption {{ color: #555; font-size: 0.92em; }}\n"
    "@media print {{ body {{ max-width: none; }} pre {{ white-space: pre-wrap; }} figure, tr {{ break-inside: avoid; }} }}\n"
    "</style>\n</head>\n<body>\n";

}  // namespace

std::string Document::markdown() const {
  std::string out;
  for (const Block& b : blocks_) out += (out.empty() ? "" : "\n") + markdown_of(b);
  return out;
}

std::string Document::html(const std::string& folder) const {
  const auto title = std::find_if(blocks_.begin(), blocks_.end(), [](const Block& b) { return b.kind == Block::heading; });
  std::string out = fmt::format(fmt::runtime(head), title == blocks_.end() ? "" : escaped_in_html(one_line(title->text)));
  for (const Block& b : blocks_) out += html_of(b, folder);
  return out + "</body>\n</html>\n";
}

}  // namespace hypofp
