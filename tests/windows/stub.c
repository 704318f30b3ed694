/* Plays python.exe and py.exe in the tests of the launchers.

   Adds "who|working folder|command line" to the file STUB_LOG. Asked with --check-python, it fits when STUB_FITS
   lists it, is refused with the words STUB_REFUSAL when STUB_REFUSES does, and otherwise is not there. Ends with STUB_CODE else.
   who: venv, python, py, py-3.12 ... */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int listed(const char *variable, const char *who) {
    char all[1024], wanted[128];
    if (!getenv(variable)) return 0;
    snprintf(all, sizeof all, ";%s;", getenv(variable));
    snprintf(wanted, sizeof wanted, ";%s;", who);
    return strstr(all, wanted) != NULL;
}

static void utf8(const wchar_t *text, char *out, int size) {
    WideCharToMultiByte(CP_UTF8, 0, text, -1, out, size, NULL, NULL);
}

int main(int argc, char **argv) {
    wchar_t wide[2048];
    char self[4096], folder[4096], line[8192], who[64] = "python";
    GetModuleFileNameW(NULL, wide, 2048);
    utf8(wide, self, sizeof self);
    GetCurrentDirectoryW(2048, wide);
    utf8(wide, folder, sizeof folder);
    utf8(GetCommandLineW(), line, sizeof line);
    if (strstr(self, ".venv")) strcpy(who, "venv");
    else if (strstr(self, "\\py.exe"))
        snprintf(who, sizeof who, "py%s", argc > 1 && argv[1][0] == '-' ? argv[1] : "");
    FILE *log = fopen(getenv("STUB_LOG"), "ab");
    fprintf(log, "%s|%s|%s\n", who, folder, line);
    fclose(log);
    if (strcmp(argv[argc - 1], "--check-python") == 0) {
        if (listed("STUB_FITS", who)) return 0;
        if (listed("STUB_REFUSES", who)) {
            printf("%s\n(asked: %s)\n", getenv("STUB_REFUSAL"), who);
            return 1;
        }
        fprintf(stderr, "what Windows says when it is not there\n");
        return strncmp(who, "py-", 3) == 0 ? 103 : 9009;
    }
    return getenv("STUB_CODE") ? atoi(getenv("STUB_CODE")) : 0;
}
