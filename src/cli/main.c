/* The program limpid. */
#include "cli/run.h"

int main(int argc, char **argv) { return run_command_line(argc, argv, 1); }
