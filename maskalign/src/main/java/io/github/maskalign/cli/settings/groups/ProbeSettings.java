package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;

/**
 * All settings of {@code probe}.
 *
 * @since 0.1.0
 */
public record ProbeSettings(
    @Group(heading = "Data:") LabeledData pictures,
    @Group(heading = "Data loading:") LoadingSettings loading,
    @Group(heading = "Network:") ModelSettings network,
    @Group(
            heading = "Weights:",
            defaultTexts = "pool=cls, or mean for a network without class token")
        WeightSettings start,
    @Group(
            heading = "Training:",
            defaults = {"blr=0.1", "weight-decay=0"},
            defaultTexts = {
              "epochs=as many as show 1,000,000 images, 10 to 90",
              "batch=512, at most the number of images",
              "warmup=10, at most a fifth of the epochs"
            })
        ScheduleSettings schedule,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings<ProbeSettings> {

  private static final ScheduleDefaults SCHEDULE = new ScheduleDefaults(512, 10, 1_000_000, 10, 90);

  @Override
  public ProbeSettings completed(int images, boolean classToken) {
    schedule.requireFilled(images);
    return new ProbeSettings(
        pictures,
        loading,
        start.weights() == null ? network.completed(images, null) : network,
        start.completed(classToken ? WeightSettings.Pool.CLS : WeightSettings.Pool.MEAN),
        schedule.completed(SCHEDULE, images),
        run,
        machine);
  }
}
