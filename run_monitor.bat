@echo off
rem Watches for leaks until this window is closed.
"%~dp0scripts\launch.bat" supervisor %*
