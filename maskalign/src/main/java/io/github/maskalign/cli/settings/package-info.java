/**
 * Settings of a command, declared once in a record: options, configuration files, recipes, stored
 * settings of runs.
 */
package io.github.maskalign.cli.settings;
