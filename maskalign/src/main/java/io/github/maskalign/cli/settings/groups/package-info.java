/** The settings of each command, grouped by topic: model, data, schedule, augmentation. */
package io.github.maskalign.cli.settings.groups;
