#include "io/results/workers.hpp"

#include "io/hdf5.hpp"

namespace hypofp {

void write_workers(const std::string& path, const std::vector<WorkerRun>& runs, const Origin& origin) {
  H5Writer file(path, origin);
  for (const WorkerRun& run : runs) {
    file.group(run.name);
    file.attribute(run.name, "long_name", run.long_name);
    for (const auto& [name, value] : run.numbers) file.attribute(run.name, name, value);
    const auto put = [&](const char* name, const std::vector<double>& values, const char* long_name, const char* units) {
      const std::string object = run.name + "/" + name;
      file.dataset(object, {values.size()}, values.data());
      file.attribute(object, "long_name", std::string(long_name));
      file.attribute(object, "units", std::string(units));
    };
    std::vector<double> age(run.staleness.size());
    for (std::size_t i = 0; i < age.size(); ++i) age[i] = static_cast<double>(i);
    put("age", age, "updates between a read and its write", "1");
    put("update", run.update, "updates of theta", "1");
    put("time", run.time, "time", "mean service");
    put("staleness", run.staleness, "share of the updates whose read was so old", "1");
    put("loss", run.loss, "E f - min f after so many updates", "1");
    put("loss_se", run.loss_se, "standard error of loss", "1");
    put("loss_of_time", run.loss_of_time, "E f - min f at this time", "1");
    for (const char* scale : {"age", "update", "time"}) file.make_scale(run.name + "/" + scale);
    for (const auto& [scale, dataset] :
         {std::pair{"age", "staleness"}, {"update", "loss"}, {"update", "loss_se"}, {"time", "loss_of_time"}})
      file.attach_scale(run.name + "/" + scale, run.name + "/" + dataset, 0);
  }
  file.commit();
}

}  // namespace hypofp
