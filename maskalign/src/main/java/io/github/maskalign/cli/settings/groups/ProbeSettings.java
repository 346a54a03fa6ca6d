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
    @Group(heading = "Weights:", defaults = "pool=cls") WeightSettings start,
    @Group(
            heading = "Training:",
            defaults = {"epochs=90", "batch=512", "blr=0.1", "warmup=10", "weight-decay=0"})
        ScheduleSettings schedule,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings {}
