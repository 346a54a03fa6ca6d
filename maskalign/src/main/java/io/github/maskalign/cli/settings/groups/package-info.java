/** The settings records of the training commands, grouped by topic. */
package io.github.maskalign.cli.settings.groups;
