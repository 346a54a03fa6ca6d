package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Group;

/**
 * All settings of {@code probe}.
 *
 * @since 0.1.0
 */
public record ProbeSettings(
    @Group(heading = "Pictures:") LabeledData pictures,
    @Group(heading = "Loading:") LoadingSettings loading,
    @Group(heading = "Network:") ModelSettings network,
    @Group(heading = "Weights:", standard = "pool=cls") WeightSettings start,
    @Group(
            heading = "Learning:",
            standard = {"epochs=90", "batch=512", "blr=0.1", "warmup=10", "weight-decay=0"})
        ScheduleSettings schedule,
    @Group(heading = "Run:") RunSettings run,
    @Group(heading = "Machine:") MachineSettings machine)
    implements ClassifierSettings {}
