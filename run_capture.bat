@echo off
rem Saves pictures of the dry set-up, to learn from.
"%~dp0scripts\launch.bat" capture %*
