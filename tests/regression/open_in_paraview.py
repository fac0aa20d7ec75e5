"""Opens every .xdmf of a result folder in ParaView's three readers and holds steps, arrays, points and ranges against the
HDF5 files; writes one picture. pvbatch open_in_paraview.py FOLDER PNG"""
import glob
import os
import sys
import xml.etree.ElementTree as ET

import h5py
import numpy as np
from paraview import simple

folder, png = sys.argv[1], sys.argv[2]
failures = []
for path in sorted(glob.glob(os.path.join(folder, "*.xdmf"))):
    steps = ET.parse(path).getroot().findall("./Domain/Grid/Grid")
    times = [float(s.find("Time").get("Value")) for s in steps]
    items = {a.get("Name"): a.find("DataItem").text.strip() for a in steps[-1].findall("Attribute")}
    file, points = steps[-1].find("Geometry/DataItem").text.strip().split(":")
    with h5py.File(os.path.join(folder, file), "r") as h5:
        expected = {name: np.asarray(h5[item.split(":")[1]]) for name, item in items.items()}
        coordinates = np.asarray(h5[points]).reshape(-1, h5[points].shape[-1])
    for reader in ("XDMFReader", "Xdmf3ReaderS", "Xdmf3ReaderT"):
        source = getattr(simple, reader)(FileNames=[path]) if reader == "XDMFReader" else getattr(simple, reader)(FileName=[path])
        source.UpdatePipelineInformation()
        seen = list(source.TimestepValues) if hasattr(source.TimestepValues, "__len__") else [source.TimestepValues]
        source.UpdatePipeline(times[-1])
        data = simple.servermanager.Fetch(source)
        while data.IsA("vtkMultiBlockDataSet"):
            data = data.GetBlock(0)

        def check(what, good):
            if not good:
                failures.append(f"{os.path.basename(path)} in {reader}: {what}")

        check(f"times {seen}", np.allclose(seen, times))
        check("number of points", data.GetNumberOfPoints() == len(coordinates))
        arrays = data.GetPointData()
        for name, values in expected.items():
            array = arrays.GetArray(name)
            check(f"array {name} missing", array is not None)
            if array is None:
                continue
            flat = np.array([array.GetTuple1(i) for i in range(array.GetNumberOfTuples())])
            check(f"values of {name}", np.array_equal(flat, values.ravel(), equal_nan=True))
        if len(coordinates) == data.GetNumberOfPoints():
            mine = np.array([data.GetPoint(i)[: coordinates.shape[1]] for i in range(len(coordinates))])
            check("points", np.allclose(mine, coordinates))
        simple.Delete(source)
print("\n".join(failures) or "every reader sees every file", flush=True)
source = simple.XDMFReader(FileNames=[os.path.join(folder, "fields.xdmf")])
view = simple.CreateView("RenderView")
shown = simple.Show(source, view)
simple.ColorBy(shown, ("POINTS", "g"))
shown.RescaleTransferFunctionToDataRange(False)
view.ViewSize = [700, 600]
simple.ResetCamera(view)
simple.SaveScreenshot(png, view)
os._exit(bool(failures))  # a software GL context can fail to close; all is done
