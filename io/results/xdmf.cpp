#include "io/results/xdmf.hpp"

#include <fmt/format.h>

namespace hypofp {

std::string xdmf_text(const FieldGrid& grid, const std::vector<XdmfStep>& steps) {
  const std::string shape = fmt::format("{}", fmt::join(grid.shape, " "));
  const bool flat = grid.shape.size() == 2;
  std::string text =
      "<?xml version=\"1.0\" ?>\n<Xdmf Version=\"3.0\">\n  <Domain>\n"
      "    <Grid Name=\"" +
      grid.name + "\" GridType=\"Collection\" CollectionType=\"Temporal\">\n";
  for (const XdmfStep& step : steps) {
    text += fmt::format("      <Grid Name=\"{}\" GridType=\"Uniform\">\n        <Time Value=\"{:.17g}\"/>\n", grid.name, step.time);
    text += fmt::format("        <Topology TopologyType=\"{}\" Dimensions=\"{}\"/>\n", flat ? "2DSMesh" : "3DSMesh", shape);
    text += fmt::format(
        "        <Geometry GeometryType=\"{0}\">\n          <DataItem Dimensions=\"{1} {2}\" NumberType=\"Float\" Precision=\"8\" "
        "Format=\"HDF\">"
        "{3}:/points/{4}</DataItem>\n        </Geometry>\n",
        flat ? "XY" : "XYZ", shape, flat ? 2 : 3, step.file, grid.name);
    for (const auto& field : grid.fields)
      text += fmt::format(
          "        <Attribute Name=\"{0}\" AttributeType=\"Scalar\" Center=\"Node\">\n          <DataItem Dimensions=\"{1}\" "
          "NumberType=\"Float\" "
          "Precision=\"8\" Format=\"HDF\">{2}:/{3}</DataItem>\n        </Attribute>\n",
          field.name, shape, step.file, variable_name(grid, field));
    text += "      </Grid>\n";
  }
  return text + "    </Grid>\n  </Domain>\n</Xdmf>\n";
}

}  // namespace hypofp
