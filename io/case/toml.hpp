#pragma once
#include <toml++/toml.h>

#include <Eigen/Core>
#include <string>
#include <string_view>
#include <vector>

namespace hypofp {

// A path names a value of a table: names with dots between them, as TOML writes them (in quotes where not bare), and [i]
// for the elements of an array.

/// A name as it stands in a path.
std::string path_name(std::string_view name);
/// Length of a path's first name, with its quotes.
std::size_t name_length(std::string_view path);
toml::node* find(toml::node& from, std::string_view path);
/// Takes out the value at a path whose last name is bare, if there is one.
void erase(toml::table& root, const std::string& path);

/// Throws UserError "name:line:column: what".
toml::table parse_toml(const std::string& text, const std::string& name);
/// Puts "section.key=value" into the table, the value TOML or a bare word. Returns the key's path. Throws UserError.
std::string override_key(toml::table& root, const std::string& text);

/// A value as TOML, on one line and with the shortest digits that read back the same; a table as {...}.
std::string toml_text(const toml::node& node);
std::string toml_text(int value);
std::string toml_text(double value);
std::string toml_text(const std::string& value);
std::string toml_text(const std::vector<std::string>& values);
std::string toml_text(const Eigen::VectorXd& values);
std::string toml_text(const Eigen::MatrixXd& rows);

}  // namespace hypofp
