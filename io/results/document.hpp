#pragma once
#include <string>
#include <vector>

namespace hypofp {

/// A page that is written once and rendered as Markdown and as HTML. All texts are plain: what is a sign of either is escaped by its
/// renderer, control characters are blanks.
class Document {
 public:
  struct Block {
    enum Kind { heading, paragraph, verbatim, table, picture } kind;
    int level = 1;                               ///< of a heading
    std::string text;                            ///< of a picture: what it shows
    std::vector<std::vector<std::string>> rows;  ///< of a table, its head first
    std::string file;                            ///< of a picture, in the folder
  };

  void heading(int level, std::string text) { blocks_.push_back({Block::heading, level, std::move(text), {}, {}}); }
  void paragraph(std::string text) { blocks_.push_back({Block::paragraph, 0, std::move(text), {}, {}}); }
  /// Lines as they are.
  void verbatim(std::string text) { blocks_.push_back({Block::verbatim, 0, std::move(text), {}, {}}); }
  void table(std::vector<std::vector<std::string>> rows) { blocks_.push_back({Block::table, 0, {}, std::move(rows), {}}); }
  void picture(std::string file, std::string text) { blocks_.push_back({Block::picture, 0, std::move(text), {}, std::move(file)}); }

  std::string markdown() const;
  /// One file that needs no other: the pictures of `folder` are in it.
  std::string html(const std::string& folder) const;

 private:
  std::vector<Block> blocks_;
};

}  // namespace hypofp
