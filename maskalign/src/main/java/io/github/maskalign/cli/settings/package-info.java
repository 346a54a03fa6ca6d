/**
 * Settings of a program: declared once, in a record, for options, files, printing and comparing.
 */
package io.github.maskalign.cli.settings;
