/* The global configuration variables of the C API: what the command line said, for code that reads them. */
#include "Python.h"

int Py_DebugFlag, Py_VerboseFlag, Py_QuietFlag, Py_InteractiveFlag, Py_InspectFlag, Py_OptimizeFlag, Py_NoSiteFlag;
int Py_BytesWarningFlag, Py_FrozenFlag, Py_IgnoreEnvironmentFlag, Py_DontWriteBytecodeFlag, Py_NoUserSiteDirectory;
int Py_UnbufferedStdioFlag, Py_HashRandomizationFlag = 1, Py_IsolatedFlag, Py_UTF8Mode;

const char *Py_FileSystemDefaultEncoding = "utf-8", *Py_FileSystemDefaultEncodeErrors = "surrogateescape";
int Py_HasFileSystemDefaultEncoding = 1;
