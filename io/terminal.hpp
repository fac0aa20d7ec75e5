#pragma once
#include <string>

namespace hypofp {

/// Makes standard streams safe to write to: one that came closed is opened on nothing, so that no result file takes its number, and a
/// pipe that ends is an error of the write, not a signal. Call first of all.
void prepare_streams();
/// A line on stderr. Where it can't be written nothing is lost but the line.
void say(const std::string& line);
/// Text on stdout, brought out at once. Throws OutputError where it can't be.
void print(const std::string& text);

}  // namespace hypofp
