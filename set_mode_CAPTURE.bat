@echo off
rem Mode: take pictures to learn from.
"%~dp0scripts\launch.bat" set_mode CAPTURE %*
