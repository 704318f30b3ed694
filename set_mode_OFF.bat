@echo off
rem Mode: do nothing.
"%~dp0scripts\launch.bat" set_mode OFF %*
