@echo off
rem Shows the whole leak monitor on a recorded leak. Needs no camera.
"%~dp0scripts\launch.bat" demo %*
