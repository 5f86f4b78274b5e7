"""A golden TensorBoard event file, encoded by TensorBoard's own messages and record writer, at fixed times.

Writes Tests/AuspexTrainingTests/Golden/golden.tfevents. `event_file.py check FOLDER` prints what TensorBoard reads from a folder instead.
"""

import pathlib
import struct
import sys

from sidecar import write_sidecar


def check(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(folder, size_guidance={"images": 0, "scalars": 0})
    events.Reload()
    for tag in events.Tags()["scalars"]:
        print("scalar", tag, [(e.step, e.value) for e in events.Scalars(tag)])
    for tag in events.Tags()["images"]:
        print("image", tag, [(e.step, e.width, e.height, len(e.encoded_image_string)) for e in events.Images(tag)])


def make():
    from tensorboard.compat.proto.event_pb2 import Event, SessionLog
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    target = pathlib.Path("Tests/AuspexTrainingTests/Golden/golden.tfevents")
    target.parent.mkdir(parents=True, exist_ok=True)
    png = bytes(range(200))
    value = Summary.Value
    image = Summary.Image(height=16, width=48, colorspace=3, encoded_image_string=png)
    events = [
        Event(file_version="brain.Event:2"),
        Event(step=301, session_log=SessionLog(status=SessionLog.START)),
        Event(summary=Summary(value=[value(tag="loss/generator", simple_value=0.0)])),
        Event(
            step=1234567890123,
            summary=Summary(
                value=[
                    value(tag="loss/generator", simple_value=-1.5),
                    value(tag="speed", simple_value=struct.unpack("f", struct.pack("f", 0.1))[0]),
                ]
            ),
        ),
        Event(step=300, summary=Summary(value=[value(tag="samples", image=image)])),
    ]
    with open(target, "wb") as file:
        writer = RecordWriter(file)
        for number, event in enumerate(events):
            event.wall_time = 1700000000.25 + number
            writer.write(event.SerializeToString())
        writer.flush()
    write_sidecar(target, ["tensorboard", "protobuf"], notes="the picture's bytes are 0, 1, … 199: no real picture")


if sys.argv[1:2] == ["check"]:
    check(sys.argv[2])
else:
    make()
