@echo off
rem Mode: watch for leaks.
"%~dp0scripts\launch.bat" set_mode MONITOR %*
